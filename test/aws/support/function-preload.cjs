'use strict';
// Loaded into every function that the local endpoint runs, before its code. The function's calls then
// go through the recording proxy, under the function's name as the access key, so that the proxy
// knows who asks. With FANFOLD_TEST_TWICE the handler is run twice on every event.
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');
const { join } = require('node:path');

process.env.AWS_ACCESS_KEY_ID = process.env.AWS_LAMBDA_FUNCTION_NAME;
process.env.AWS_ENDPOINT_URL = process.env.FANFOLD_TEST_PROXY;

if (process.env.FANFOLD_TEST_TWICE) {
  const doubled = pathToFileURL(join(__dirname, 'doubled-handler.mjs')).href;
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const isHandler =
        /\/bootstrap\.mjs$/.test(context.parentURL ?? '') && /^file:/.test(specifier);
      if (!isHandler) return resolved;
      return {
        url: `${doubled}?${encodeURIComponent(resolved.url)}`,
        format: 'module',
        shortCircuit: true,
      };
    },
  });
}
