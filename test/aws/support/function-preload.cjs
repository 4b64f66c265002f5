'use strict';
// Loaded into every function that the local endpoint runs, before its code. The function's calls then
// go through the recording proxy, under the function's name as the access key, so that the proxy
// recognizes the caller. With FANFOLD_TEST_TWICE the handler is run twice on every event, with
// FANFOLD_TEST_STUB a stub runs instead, and with FANFOLD_TEST_ILL_STEP one of the migrator's steps does not work.
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');
const { join } = require('node:path');

process.env.AWS_ACCESS_KEY_ID = process.env.AWS_LAMBDA_FUNCTION_NAME;
process.env.AWS_ENDPOINT_URL = process.env.FANFOLD_TEST_PROXY;

const { FANFOLD_TEST_TWICE, FANFOLD_TEST_STUB, FANFOLD_TEST_ILL_STEP } = process.env;
if (FANFOLD_TEST_TWICE) putInPlace('doubled-handler.mjs');
if (FANFOLD_TEST_STUB) putInPlace('stub-migrator.mjs');
if (FANFOLD_TEST_ILL_STEP) putInPlace('ill-step.mjs');

/** Loads another module in place of the function's, and passes it the URL of the original. */
function putInPlace(file) {
  const replacement = pathToFileURL(join(__dirname, file)).href;
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const isHandler =
        /\/bootstrap\.mjs$/.test(context.parentURL ?? '') && /^file:/.test(specifier);
      if (!isHandler) return resolved;
      const url = `${replacement}?${encodeURIComponent(resolved.url)}`;
      return { url, format: 'module', shortCircuit: true };
    },
  });
}
