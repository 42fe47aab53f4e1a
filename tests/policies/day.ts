/** A day on which every exemption of the pack counts: what is tested is the file, not the calendar. */
export const DAY = "2026-11-21";
