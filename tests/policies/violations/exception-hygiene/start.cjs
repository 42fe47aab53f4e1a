"use strict";

// The pack itself: it reads the exemptions of the folder that it is started in.
require("../../../../policies/start.cjs");
