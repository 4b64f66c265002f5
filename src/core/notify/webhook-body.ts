import type { RunNotification } from '../wire/notification-schema.ts';

/**
 * The body that a webhook expects, by its host. Chat services take a message in a form of their own and
 * refuse other keys, Google Chat by name; all others get the notification itself, whose `text` is the key
 * that Slack, Mattermost and Rocket.Chat show.
 */
export function webhookBody({ hostname, pathname }: URL, notification: RunNotification): object {
  const { text } = notification;
  if (isOrIsUnder(hostname, ['slack.com', 'slack-gov.com', 'chat.googleapis.com'])) return { text };
  if (isOrIsUnder(hostname, ['discord.com', 'discordapp.com'])) {
    // Discord accepts Slack's form at another path, and refuses more than 2,000 characters.
    return pathname.endsWith('/slack') ? { text } : { content: [...text].slice(0, 2_000).join('') };
  }
  if (isOrIsUnder(hostname, TEAMS)) return teamsCard(text);
  return notification;
}

/** Workflows of Teams run on these; the older connectors, at `webhook.office.com`, take `text`. */
const TEAMS = ['logic.azure.com', 'api.powerplatform.com', 'api.powerautomate.com'];

function teamsCard(text: string): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: text.split('\n').map((line) => ({ type: 'TextBlock', text: line, wrap: true })),
        },
      },
    ],
  };
}

function isOrIsUnder(hostname: string, domains: readonly string[]): boolean {
  return domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
}
