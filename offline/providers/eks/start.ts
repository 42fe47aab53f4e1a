import { loadRarePartsLate } from "../../../boot/lazy.cjs";

loadRarePartsLate();
void import("./main");
