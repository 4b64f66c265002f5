import { runDemo } from './demo.ts';
import { runMain } from './run-main.ts';

await runMain(runDemo);
