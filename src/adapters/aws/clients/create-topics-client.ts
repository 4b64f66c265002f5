import { SNSClient } from '@aws-sdk/client-sns';
import { NOTIFICATION_SETTINGS } from './client-settings.ts';

export const createTopicsClient = (): SNSClient => new SNSClient(NOTIFICATION_SETTINGS);
