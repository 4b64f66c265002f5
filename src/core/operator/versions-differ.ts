import { FanfoldError } from '../errors.ts';
import { minorOf } from './same-version.ts';

/** The command line and the stack are of versions that may read each other's data wrongly. */
export function versionsDiffer(own: string, deployed: string): FanfoldError {
  return new FanfoldError(
    'VersionsDiffer',
    `This is Fanfold ${own}, and the stack was deployed with ${deployed}: nothing was done.`,
    {
      fault: 'configuration',
      nextStep: `Install the version of the stack for this command (\`npm install fanfold@${minorOf(deployed)}\`), or deploy the stack with ${own}.`,
    },
  );
}
