import { runMain } from '../run-main.ts';
import { runAwsDemo } from './demo.ts';

await runMain(runAwsDemo);
