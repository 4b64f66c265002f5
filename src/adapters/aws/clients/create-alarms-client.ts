import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createAlarmsClient = (): CloudWatchClient => new CloudWatchClient(CLIENT_SETTINGS);
