import { SFNClient } from '@aws-sdk/client-sfn';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createStatesClient = (): SFNClient => new SFNClient(CLIENT_SETTINGS);
