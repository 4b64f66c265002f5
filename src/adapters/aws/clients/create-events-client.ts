import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { NOTIFICATION_SETTINGS } from './client-settings.ts';

export const createEventsClient = (): EventBridgeClient =>
  new EventBridgeClient(NOTIFICATION_SETTINGS);
