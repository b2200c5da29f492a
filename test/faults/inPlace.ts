import { Place } from '../integration/clientFixture';

/** Runs in private folders, and ends whatever was started in them. */
export const inPlace = async <T>(run: (place: Place) => Promise<T>, place = new Place()): Promise<T> => {
  let result: T;
  try {
    result = await run(place);
  } catch (error) {
    // What it leaves may be broken too; what broke first is what counts.
    await place.leave().catch((second: unknown) => console.error(second));
    throw error;
  }
  await place.leave();
  return result;
};
