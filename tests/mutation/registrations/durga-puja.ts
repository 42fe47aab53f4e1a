import { holdsRegistrations } from "../registrations";

holdsRegistrations("durga-puja");
