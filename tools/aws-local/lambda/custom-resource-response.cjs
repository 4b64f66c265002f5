// Loaded into every function. Custom resource handlers of the CDK answer CloudFormation with https.request({ hostname, path }) and so
// lose the scheme and port of an emulator's response URL: such requests are sent to the emulator instead.
const https = require('node:https');
const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');

const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
const { request } = https;

https.request = function (options, ...rest) {
  const isAnswer =
    options &&
    !(options instanceof URL) &&
    typeof options === 'object' &&
    (options.hostname ?? options.host) === endpoint.hostname &&
    /\/cfnresponse\b/.test(options.path ?? '');
  if (!isAnswer) return request.call(this, options, ...rest);
  return http.request(
    {
      ...options,
      protocol: 'http:',
      host: endpoint.hostname,
      port: endpoint.port,
      agent: undefined,
    },
    ...rest,
  );
};
syncBuiltinESMExports();
