/** `./panel test --long`: sweeps go over everything instead of a sample, waits last minutes instead of seconds. */
export const isLong = process.env.PANEL_LONG_TESTS === '1';

/** False in the ordinary run of all tests, which takes some minutes of the faults (those with the tag @short). */
export const isWhole = isLong || process.env.PANEL_FAULTS_SHORT !== '1';

/** Chooses samples; told in the report, so that a failure can be made again with PANEL_FAULTS_SEED. */
export const seed = Number(process.env.PANEL_FAULTS_SEED ?? Date.now() % 1_000_000);
