import { memoryRunStore } from './memory-run-store.ts';
import { describeRunStore } from './run-store-contract.ts';
import { describeStepRunStore } from './step-run-store-contract.ts';

describeRunStore('the run store in memory', async () => {
  const store = memoryRunStore();
  return { store, later: store };
});

describeStepRunStore('the run store of the steps in memory', async () => {
  const store = memoryRunStore();
  return { store, later: store };
});
