#!/usr/bin/env node
// The command `fanfold`. Any Node can read this file, so that one that is too old can be told so before
// it meets syntax that it does not know: nothing newer than ES5 here.
'use strict';

var engines = require('../package.json').engines.node;
var needed = /(\d+)\.(\d+)/.exec(engines);
var running = /^(\d+)\.(\d+)/.exec(process.versions.node);
var isTooOld =
  Number(running[1]) < Number(needed[1]) ||
  (running[1] === needed[1] && Number(running[2]) < Number(needed[2]));

if (isTooOld) {
  process.stderr.write(
    'Error: Fanfold needs Node ' +
      needed[0] +
      ' or later, and this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n\nInstall a newer Node, or run it with one: npx --package node@' +
      needed[1] +
      ' --package fanfold fanfold --help\n',
  );
  // That of a configuration which has to be changed.
  process.exitCode = 3;
} else {
  require('./start.cjs');
}
