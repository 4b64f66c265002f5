import { App } from 'aws-cdk-lib';
import { FleetStack } from '../lib/fleet-stack.ts';

new FleetStack(new App(), 'Fleet');
