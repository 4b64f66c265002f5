import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { BRIEF_SETTINGS } from './client-settings.ts';

export const createEventsClient = (): EventBridgeClient => new EventBridgeClient(BRIEF_SETTINGS);
