/**
 * Runs a task while holding a lock file; a lock whose holder is dead is taken over. `waiting` is called once, with the
 * holder's process number, when the lock is taken.
 */
export function withLock<T>(
  file: string,
  options: { readonly waiting?: (holder: number) => void },
  task: () => Promise<T> | T,
): Promise<T>;

/** Whether a process of that number runs. */
export function isAlive(pid: number): boolean;
