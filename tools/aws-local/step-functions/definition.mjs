// Checks a definition as CreateStateMachine does, and refuses fields that this emulator would otherwise ignore.
import { OPERATOR } from './choice-rules.mjs';
import { compile, expressionOf } from './jsonata.mjs';
import { byteLength, MAX_DATA_BYTES, MAX_DEFINITION_BYTES } from './limits.mjs';
import { awaitsToken, CALLBACK } from './task-tokens.mjs';
import { isSupportedResource, supportedIntegrations } from './tasks.mjs';

const words = (text) => text.split(/\s+/).filter(Boolean);

// Fields by state type: for both query languages, for JSONPath, for JSONata.
const FIELDS = {
  Task: [
    'Resource Retry Catch TimeoutSeconds HeartbeatSeconds Assign Next End',
    'InputPath OutputPath Parameters ResultSelector ResultPath TimeoutSecondsPath HeartbeatSecondsPath',
    'Arguments Output',
  ],
  Pass: ['Assign Next End', 'InputPath OutputPath Parameters Result ResultPath', 'Output'],
  Wait: [
    'Seconds Timestamp Assign Next End',
    'InputPath OutputPath SecondsPath TimestampPath',
    'Output',
  ],
  Choice: ['Choices Default Assign', 'InputPath OutputPath', 'Output'],
  Succeed: ['', 'InputPath OutputPath', 'Output'],
  Fail: ['Error Cause', 'ErrorPath CausePath', ''],
  Parallel: [
    'Branches Retry Catch Assign Next End',
    'InputPath OutputPath Parameters ResultSelector ResultPath',
    'Arguments Output',
  ],
  Map: [
    'ItemProcessor ItemReader ItemSelector ItemBatcher ResultWriter Label MaxConcurrency ToleratedFailureCount ToleratedFailurePercentage Retry Catch Assign Next End',
    'Iterator InputPath OutputPath ItemsPath Parameters ResultSelector ResultPath MaxConcurrencyPath ToleratedFailureCountPath ToleratedFailurePercentagePath',
    'Items Output',
  ],
};
const DISTRIBUTED_ONLY = words(
  'ItemReader ItemBatcher ResultWriter Label ToleratedFailureCount ToleratedFailurePercentage ToleratedFailureCountPath ToleratedFailurePercentagePath',
);
const READER_CONFIG = {
  JSON: 'InputType MaxItems MaxItemsPath ItemsPointer',
  JSONL: 'InputType MaxItems MaxItemsPath',
  CSV: 'InputType MaxItems MaxItemsPath CSVHeaderLocation CSVHeaders CSVDelimiter',
  none: 'MaxItems MaxItemsPath',
};
const RETRIER = words(
  'ErrorEquals IntervalSeconds BackoffRate MaxAttempts MaxDelaySeconds JitterStrategy Comment',
);

class Checker {
  diagnostics = [];
  names = new Set();
  /** Inside the processor of an EXPRESS Map Run. */
  express = false;

  report(location, message, code = 'SCHEMA_VALIDATION_FAILED') {
    this.diagnostics.push({ severity: 'ERROR', code, message, location });
  }

  only(holder, allowed, at, what) {
    for (const key of Object.keys(holder ?? {}))
      if (!allowed.includes(key))
        this.report(
          `${at}/${key}`,
          `The field '${key}' is not known in ${what}, or not emulated by aws-local`,
        );
  }

  oneOf(value, allowed, at) {
    if (value !== undefined && !allowed.includes(value))
      this.report(at, `must be one of ${allowed.join(', ')}, but is ${JSON.stringify(value)}`);
  }

  machine(definition) {
    this.only(
      definition,
      words('Comment StartAt States TimeoutSeconds Version QueryLanguage'),
      '',
      'a state machine',
    );
    this.oneOf(definition.QueryLanguage, ['JSONPath', 'JSONata'], '/QueryLanguage');
    this.program(definition, '', definition.QueryLanguage ?? 'JSONPath');
  }

  program(program, at, queryLanguage) {
    const { States, StartAt } = program;
    if (!States || !Object.keys(States).length)
      return this.report(`${at}/States`, 'at least one state is required');
    const next = (name, place) => {
      if (!Object.hasOwn(States, name))
        this.report(place, `there is no state '${name}'`, 'MISSING_TRANSITION_TARGET');
      else reached.add(name);
    };
    const reached = new Set();
    next(StartAt, `${at}/StartAt`);
    for (const [name, state] of Object.entries(States))
      this.state(name, state, `${at}/States/${name}`, queryLanguage, next);
    for (const name of Object.keys(States))
      if (!reached.has(name))
        this.report(`${at}/States/${name}`, 'no state leads here', 'UNREACHABLE_STATE');
  }

  state(name, state, at, outer, next) {
    if (name.length > 80) this.report(at, 'a state name has at most 80 characters');
    if (this.names.has(name))
      this.report(at, `the state name '${name}' is used twice in the state machine`);
    this.names.add(name);
    const fields = FIELDS[state.Type];
    if (!fields)
      return this.report(`${at}/Type`, `unknown state type ${JSON.stringify(state.Type)}`);
    const queryLanguage = state.QueryLanguage ?? outer;
    this.oneOf(
      state.QueryLanguage,
      outer === 'JSONata' ? ['JSONata'] : ['JSONPath', 'JSONata'],
      `${at}/QueryLanguage`,
    );
    const jsonata = queryLanguage === 'JSONata';
    const [both, path, expression] = fields.map(words);
    this.only(
      state,
      [...both, ...(jsonata ? expression : path), 'Type', 'Comment', 'QueryLanguage'],
      at,
      `a ${queryLanguage} ${state.Type} state`,
    );
    if (jsonata) this.expressions(state, at);
    if (both.includes('Next') && (state.Next === undefined) === (state.End !== true))
      this.report(at, "exactly one of 'Next' and 'End' is required");
    if (state.Next !== undefined) next(state.Next, `${at}/Next`);
    for (const [i, catcher] of (state.Catch ?? []).entries()) {
      const place = `${at}/Catch[${i}]`;
      this.only(
        catcher,
        words(`ErrorEquals Next Assign Comment ${jsonata ? 'Output' : 'ResultPath'}`),
        place,
        'a catcher',
      );
      this.errorNames(catcher, i, state.Catch, place);
      next(catcher.Next, `${place}/Next`);
    }
    for (const [i, retrier] of (state.Retry ?? []).entries()) {
      const place = `${at}/Retry[${i}]`;
      this.only(retrier, RETRIER, place, 'a retrier');
      this.errorNames(retrier, i, state.Retry, place);
      this.oneOf(retrier.JitterStrategy, ['FULL', 'NONE'], `${place}/JitterStrategy`);
      if (retrier.BackoffRate < 1) this.report(`${place}/BackoffRate`, 'must be at least 1.0');
    }
    this[state.Type]?.(state, at, { jsonata, queryLanguage, next });
  }

  errorNames({ ErrorEquals }, index, list, at) {
    if (!Array.isArray(ErrorEquals) || !ErrorEquals.length)
      return this.report(`${at}/ErrorEquals`, 'a list of error names is required');
    if (ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < list.length - 1))
      this.report(`${at}/ErrorEquals`, 'States.ALL must stand alone and last');
  }

  expressions(value, at) {
    if (typeof value === 'string') {
      const source = expressionOf(value);
      try {
        if (source !== undefined) compile(source);
        else if (value.startsWith('{%') || value.endsWith('%}'))
          throw new Error("starts with '{%' or ends with '%}', but not both");
      } catch (error) {
        this.report(at, `invalid JSONata: ${error.message}`);
      }
    } else if (value && typeof value === 'object')
      for (const [key, part] of Object.entries(value)) {
        // the inner states are checked separately, maybe in another language
        if (['States', 'Branches', 'ItemProcessor', 'Iterator'].includes(key)) continue;
        if (key.endsWith('.$'))
          this.report(`${at}/${key}`, "a key that ends in '.$' has no place in a JSONata state");
        this.expressions(part, `${at}/${key}`);
      }
  }

  Task(state, at) {
    const { Resource } = state;
    this.callback(state, at);
    if (typeof Resource !== 'string' || !isSupportedResource(Resource))
      this.report(
        `${at}/Resource`,
        `'${Resource}' is not emulated by aws-local; what is: a Lambda function's ARN, ${supportedIntegrations.join(', ')}`,
      );
  }

  /** Rules for tasks that wait for a token, and the fields that only those obey here. */
  callback(state, at) {
    const { TimeoutSeconds, HeartbeatSeconds } = state;
    const beats = HeartbeatSeconds !== undefined || state.HeartbeatSecondsPath !== undefined;
    if (!awaitsToken(state)) {
      if (beats)
        this.report(
          `${at}/HeartbeatSeconds`,
          `is emulated for tasks with ${CALLBACK} only: no other can send a heartbeat`,
        );
      return;
    }
    // "Express Workflows do not support Job-run (.sync) or Callback (.waitForTaskToken) service integration patterns"
    if (this.express) this.report(`${at}/Resource`, `${CALLBACK} has no place in an EXPRESS child`);
    // "If provided, the HeartbeatSeconds interval MUST be smaller than the TimeoutSeconds value" (Amazon States Language)
    if (typeof HeartbeatSeconds === 'number' && HeartbeatSeconds >= TimeoutSeconds)
      this.report(`${at}/HeartbeatSeconds`, 'must be smaller than TimeoutSeconds');
  }

  Wait(state, at) {
    const given = words('Seconds SecondsPath Timestamp TimestampPath').filter(
      (key) => key in state,
    );
    if (given.length !== 1)
      this.report(
        at,
        'exactly one of Seconds and Timestamp (JSONPath also: SecondsPath, TimestampPath) is required',
      );
  }

  Choice({ Choices, Default }, at, { jsonata, next }) {
    if (!Choices?.length) this.report(`${at}/Choices`, 'at least one rule is required');
    if (Default !== undefined) next(Default, `${at}/Default`);
    for (const [i, rule] of (Choices ?? []).entries()) {
      const place = `${at}/Choices[${i}]`;
      next(rule.Next, `${place}/Next`);
      if (jsonata) {
        this.only(
          rule,
          words('Condition Next Output Assign Comment'),
          place,
          'a JSONata choice rule',
        );
        if (rule.Condition === undefined) this.report(`${place}/Condition`, 'is required');
      } else this.comparison(rule, place, true);
    }
  }

  comparison(rule, at, top = false) {
    const outside = top ? ['Next', 'Assign', 'Comment'] : ['Comment'];
    const keys = Object.keys(rule).filter((key) => !outside.includes(key));
    const parts = rule.And ?? rule.Or ?? (rule.Not ? [rule.Not] : undefined);
    if (parts) {
      if (keys.length !== 1) this.report(at, 'And, Or and Not stand alone in a rule');
      for (const [i, part] of parts.entries()) this.comparison(part, `${at}[${i}]`);
      return;
    }
    if (keys.length !== 2 || rule.Variable === undefined || !keys.some((key) => OPERATOR.test(key)))
      this.report(at, `a rule is a Variable and one comparison; found ${keys.join(', ')}`);
  }

  Parallel({ Branches }, at, { queryLanguage }) {
    if (!Branches?.length) return this.report(`${at}/Branches`, 'at least one branch is required');
    for (const [i, branch] of Branches.entries()) {
      const place = `${at}/Branches[${i}]`;
      this.only(branch, words('Comment StartAt States QueryLanguage'), place, 'a branch');
      this.program(branch, place, branch.QueryLanguage ?? queryLanguage);
    }
  }

  Map(state, at, { jsonata, queryLanguage }) {
    const processor = state.ItemProcessor ?? state.Iterator;
    if (!processor) return this.report(`${at}/ItemProcessor`, 'is required');
    const config = processor.ProcessorConfig ?? {};
    this.only(
      processor,
      words('Comment StartAt States QueryLanguage ProcessorConfig'),
      `${at}/ItemProcessor`,
      'an item processor',
    );
    this.only(
      config,
      ['Mode', 'ExecutionType'],
      `${at}/ItemProcessor/ProcessorConfig`,
      'a processor configuration',
    );
    this.oneOf(config.Mode, ['INLINE', 'DISTRIBUTED'], `${at}/ItemProcessor/ProcessorConfig/Mode`);
    const distributed = config.Mode === 'DISTRIBUTED';
    // "Express workflows don't support Distributed Map" (Standard and Express workflows)
    if (distributed && this.express)
      this.report(
        `${at}/ItemProcessor/ProcessorConfig/Mode`,
        'is not DISTRIBUTED in an EXPRESS child',
      );
    if (distributed)
      this.oneOf(
        config.ExecutionType ?? 'missing',
        ['STANDARD', 'EXPRESS'],
        `${at}/ItemProcessor/ProcessorConfig/ExecutionType`,
      );
    else
      for (const key of DISTRIBUTED_ONLY)
        if (key in state) this.report(`${at}/${key}`, `'${key}' needs a Map in DISTRIBUTED mode`);
    if (
      state.Label !== undefined &&
      !/^[^\s?*<>{}[\]:;,\\|^~$#%&`"/\p{Cc}]{1,40}$/u.test(state.Label)
    )
      this.report(
        `${at}/Label`,
        'at most 40 characters, without blanks and ? * < > { } [ ] : ; , \\ | ^ ~ $ # % & ` " /',
      );
    if (state.ItemReader) this.reader(state.ItemReader, `${at}/ItemReader`, jsonata);
    if (state.ItemBatcher) this.batcher(state.ItemBatcher, `${at}/ItemBatcher`);
    if (state.ResultWriter) this.writer(state.ResultWriter, `${at}/ResultWriter`, jsonata);
    const outer = this.express;
    this.express ||= distributed && config.ExecutionType === 'EXPRESS';
    this.program(processor, `${at}/ItemProcessor`, processor.QueryLanguage ?? queryLanguage);
    this.express = outer;
  }

  /** "You must specify at least one of MaxItemsPerBatch and MaxInputBytesPerBatch", the latter up to 256 KiB (ItemBatcher). */
  batcher(batcher, at) {
    const sizes = words(
      'MaxItemsPerBatch MaxItemsPerBatchPath MaxInputBytesPerBatch MaxInputBytesPerBatchPath',
    );
    this.only(batcher, [...sizes, 'BatchInput'], at, 'an ItemBatcher');
    if (!sizes.some((key) => key in batcher))
      this.report(at, 'MaxItemsPerBatch or MaxInputBytesPerBatch is required');
    for (const key of ['MaxItemsPerBatch', 'MaxInputBytesPerBatch'])
      if (typeof batcher[key] === 'number' && !(batcher[key] > 0))
        this.report(`${at}/${key}`, 'must be a positive number');
    if (batcher.MaxInputBytesPerBatch > MAX_DATA_BYTES)
      this.report(`${at}/MaxInputBytesPerBatch`, `is at most ${MAX_DATA_BYTES}`);
  }

  reader(reader, at, jsonata) {
    this.only(
      reader,
      ['Resource', 'ReaderConfig', jsonata ? 'Arguments' : 'Parameters'],
      at,
      'an ItemReader',
    );
    const action = reader.Resource?.match(/^arn:[^:]+:states:::s3:(getObject|listObjectsV2)$/)?.[1];
    if (!action)
      return this.report(
        `${at}/Resource`,
        `'${reader.Resource}' is not emulated; what is: s3:getObject, s3:listObjectsV2`,
      );
    const config = reader.ReaderConfig ?? {};
    const type = action === 'getObject' ? config.InputType : 'none';
    if (!READER_CONFIG[type])
      return this.report(
        `${at}/ReaderConfig/InputType`,
        `must be JSON, JSONL or CSV here, but is ${JSON.stringify(config.InputType)}`,
      );
    this.only(
      config,
      words(READER_CONFIG[type]),
      `${at}/ReaderConfig`,
      `the ReaderConfig of ${type === 'none' ? action : type}`,
    );
    if (type === 'CSV') {
      this.oneOf(
        config.CSVHeaderLocation ?? 'missing',
        ['FIRST_ROW', 'GIVEN'],
        `${at}/ReaderConfig/CSVHeaderLocation`,
      );
      this.oneOf(
        config.CSVDelimiter,
        words('COMMA PIPE SEMICOLON SPACE TAB'),
        `${at}/ReaderConfig/CSVDelimiter`,
      );
    }
  }

  writer(writer, at, jsonata) {
    const args = jsonata ? 'Arguments' : 'Parameters';
    this.only(writer, ['Resource', 'WriterConfig', args], at, 'a ResultWriter');
    if (!writer.Resource && !writer.WriterConfig)
      this.report(at, 'Resource or WriterConfig is required');
    if (writer.Resource && !/^arn:[^:]+:states:::s3:putObject$/.test(writer.Resource))
      this.report(`${at}/Resource`, 'must be arn:aws:states:::s3:putObject');
    if (Boolean(writer.Resource) !== Boolean(writer[args]))
      this.report(at, `Resource and ${args} go together`);
    if (writer.WriterConfig) {
      this.only(
        writer.WriterConfig,
        ['OutputType', 'Transformation'],
        `${at}/WriterConfig`,
        'a WriterConfig',
      );
      this.oneOf(
        writer.WriterConfig.OutputType,
        writer.Resource ? ['JSON', 'JSONL'] : ['JSON'],
        `${at}/WriterConfig/OutputType`,
      );
      this.oneOf(
        writer.WriterConfig.Transformation,
        ['NONE', 'COMPACT', 'FLATTEN'],
        `${at}/WriterConfig/Transformation`,
      );
    }
  }
}

/** Diagnostics as ValidateStateMachineDefinition returns them; an empty list means that the definition can run. */
export function checkDefinition(text) {
  const checker = new Checker();
  if (byteLength(text) > MAX_DEFINITION_BYTES)
    checker.report('/', `the definition is larger than ${MAX_DEFINITION_BYTES} bytes`);
  try {
    checker.machine(JSON.parse(text));
  } catch (error) {
    checker.report(
      '/',
      error instanceof SyntaxError ? `not JSON: ${error.message}` : String(error.stack),
      'INVALID_JSON_DESCRIPTION',
    );
  }
  return checker.diagnostics;
}

export const describeDiagnostics = (diagnostics) =>
  diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`).join('; ');
