import { SNSClient } from '@aws-sdk/client-sns';
import { BRIEF_SETTINGS } from './client-settings.ts';

export const createTopicsClient = (): SNSClient => new SNSClient(BRIEF_SETTINGS);
