import { holdsRegistrations } from "../registrations";

holdsRegistrations("prod");
