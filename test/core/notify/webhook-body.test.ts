import { expect, test } from 'vitest';
import { runNotification } from '../../../src/core/notify/run-notification.ts';
import { webhookBody } from '../../../src/core/notify/webhook-body.ts';

const told = runNotification({ runId: 'run-1', command: 'migrate' }, { change: 'started' }, {}, 0);
const { text } = told;

test.each<[name: string, url: string, body: object]>([
  ['Slack', 'https://hooks.slack.com/services/T0/B0/x', { text }],
  ['a workflow of Slack', 'https://hooks.slack.com/triggers/T0/1/x', { text }],
  ['Google Chat', 'https://chat.googleapis.com/v1/spaces/A/messages?key=k', { text }],
  ['Discord', 'https://discord.com/api/webhooks/1/x', { content: text }],
  ["Discord in Slack's form", 'https://discord.com/api/webhooks/1/x/slack', { text }],
  ['an older connector of Teams', 'https://acme.webhook.office.com/webhookb2/x', told],
  ['Mattermost', 'https://chat.example.com/hooks/x', told],
  ['a program of ours', 'http://127.0.0.1:8080/', told],
  ['a host that only looks like Slack', 'https://notslack.com/', told],
])('%s gets a body in its own form', (_, url, body) => {
  expect(webhookBody(new URL(url), told)).toEqual(body);
});

test('a workflow of Teams gets a card with a block for each line', () => {
  const url = new URL('https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual');
  const body = JSON.stringify(webhookBody(url, { ...told, text: 'one\ntwo' }));
  expect(body).toContain('"type":"AdaptiveCard"');
  expect(body).toContain('"text":"one"');
  expect(body).toContain('"text":"two"');
});

test('Discord gets no more than the 2,000 characters that it accepts, and none is cut in half', () => {
  const url = new URL('https://discord.com/api/webhooks/1/x');
  const { content } = webhookBody(url, { ...told, text: '🚀'.repeat(2_500) }) as {
    content: string;
  };
  expect([...content]).toHaveLength(2_000);
  expect(content).not.toMatch(/\p{Surrogate}/u);
});
