// Pieces of definitions, and comparisons, for the probes of executions. JSONata, as new state machines are written.
export const lambda = (name, payload, rest = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
    Payload: payload,
  },
  Output: '{% $states.result.Payload %}',
  ...rest,
});
export const machine = (StartAt, States, rest = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt,
  States,
  ...rest,
});
export const reader = (Key, InputType = 'JSON') => ({
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType },
  Arguments: { Bucket: 'probe-bucket', Key },
});
export const writer = (WriterConfig) => ({
  Resource: 'arn:aws:states:::s3:putObject',
  Arguments: { Bucket: 'probe-bucket', Prefix: 'out' },
  ...(WriterConfig && { WriterConfig }),
});
export const distributed = (work, rest = {}) => ({
  Type: 'Map',
  Label: 'fan',
  ItemReader: reader('items.json'),
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Work',
    States: { Work: { ...work, End: true } },
  },
  ...rest,
});
export const inline = (work, rest = {}) => ({
  Type: 'Map',
  ItemProcessor: { StartAt: 'Work', States: { Work: { ...work, End: true } } },
  ...rest,
});

/** Compares what was seen with what was expected, by name. */
export const expect = (pairs) => {
  const wrong = Object.entries(pairs).filter(
    ([, [seen, expected]]) => JSON.stringify(seen) !== JSON.stringify(expected),
  );
  return (
    !wrong.length ||
    wrong
      .map(
        ([what, [seen, expected]]) =>
          `${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`,
      )
      .join('; ')
  );
};
export const times = (events, type) => events.filter((event) => event === type).length;
export const errorOf = async (work) => {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return error.error;
  }
};
export const refusal = (id, def, where) => ({
  id: `refused at creation: ${id}`,
  def,
  refused: (diagnostics) =>
    diagnostics.some(({ location }) => location.endsWith(where)) || JSON.stringify(diagnostics),
});
