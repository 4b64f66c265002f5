import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, wherever a script is started from. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));
