/** The context object leaves out RedriveCount in an execution that was never redriven. */
export const execution = {
  arn: '{% $states.context.Execution.Id %}',
  name: '{% $states.context.Execution.Name %}',
  startedAt: '{% $states.context.Execution.StartTime %}',
  redriveCount:
    '{% $exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0 %}',
};

/** The round that a state is about. */
export const round = '{% $states.input.round %}';

/** Absent if the round had no tenant to attempt, and so no Map. */
export const breakerTripped = '{% $states.input.breakerTripped = true %}';
