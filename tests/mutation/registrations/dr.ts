import { holdsRegistrations } from "../registrations";

holdsRegistrations("dr");
