// The npm packages are loaded from the folder into which `start` installed them. Without that folder
// (the tests of the Step Functions part) they are resolved from here, like any other import.
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.env.AWS_LOCAL_MODULES;

export const load = createRequire(folder ? path.join(folder, 'package.json') : import.meta.url);
