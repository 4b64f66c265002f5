/** Names of notifications on EventBridge: both the functions and the infrastructure import this file. */
export const NOTIFICATION_SOURCE = 'fanfold';

/** Changes of a run's standing, and the detail type that each has on EventBridge. */
export const DETAIL_TYPES = {
  started: 'Fanfold Run Started',
  'wave-done': 'Fanfold Wave Done',
  baking: 'Fanfold Run Baking',
  'waiting-for-window': 'Fanfold Run Waiting For Window',
  'waiting-for-approval': 'Fanfold Run Waiting For Approval',
  held: 'Fanfold Run Held',
  resumed: 'Fanfold Run Resumed',
  rejected: 'Fanfold Run Rejected',
  stopped: 'Fanfold Run Stopped',
  failed: 'Fanfold Run Failed',
  done: 'Fanfold Run Done',
} as const;

/** A change of a run's standing. */
export type RunChange = keyof typeof DETAIL_TYPES;

/** In the order in which a run may go through them. */
export const RUN_CHANGES = Object.keys(DETAIL_TYPES) as [RunChange, ...RunChange[]];
