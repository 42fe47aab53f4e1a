import { Undecided } from "../model/view";

/** What `find` gives, or why that cannot be told: for checks that may be decided all the same by something else. */
export function attempt<T>(find: () => T): T | Undecided {
  try {
    return find();
  } catch (error) {
    if (error instanceof Undecided) return error;
    throw error;
  }
}
