import { LambdaClient } from '@aws-sdk/client-lambda';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createLambdaClient = (): LambdaClient => new LambdaClient(CLIENT_SETTINGS);
