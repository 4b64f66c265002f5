import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createStacksClient = (): CloudFormationClient =>
  new CloudFormationClient(CLIENT_SETTINGS);
