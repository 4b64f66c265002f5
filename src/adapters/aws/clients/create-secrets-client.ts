import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createSecretsClient = (): SecretsManagerClient =>
  new SecretsManagerClient(CLIENT_SETTINGS);
