import { holdsRegistrations } from "../registrations";

holdsRegistrations("dev");
