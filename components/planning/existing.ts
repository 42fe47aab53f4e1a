/**
 * What is looked up because it should exist already. The cloud's own refusal hardly says which setting named it.
 *
 * @param thing what it is, with its name
 * @param remedy what to do, as an order
 * @throws Error that says all of it, when the look-up fails
 */
export async function existing<Found>(lookUp: Promise<Found>, thing: string, remedy: string): Promise<Found> {
  try {
    return await lookUp;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${thing} cannot be looked up (${reason}): ${remedy}`, { cause: error });
  }
}
