'use strict';

// A file of its own: an old Node cannot even read `import()`.
// V8's compiled code is kept in the temporary folder, by user and version, unless NODE_COMPILE_CACHE or
// NODE_DISABLE_COMPILE_CACHE in the environment say otherwise. Without a writable folder nothing is kept.
require('node:module').enableCompileCache();
import('../dist/command/main.js');
