/**
 * Position in a sequence of states: the state that was entered and not exited, with its input and variables at that time.
 * A redrive needs nothing else. `parts` are the frames of the branches of a Parallel or the iterations of an inline Map,
 * `mapRun` the Map Run of a Distributed Map; both belong to the current visit to the state.
 */
export const newFrame = (input, variables = {}) => ({
  state: undefined,
  input,
  variables,
  parts: null,
  items: null,
  mapRun: null,
  failure: null,
  done: false,
  output: undefined,
});

export function forgetVisit(frame) {
  frame.parts = null;
  frame.items = null;
  frame.mapRun = null;
}
