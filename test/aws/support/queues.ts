import { randomBytes } from 'node:crypto';
import { LOCAL_ACCOUNT } from './aws-call.ts';

/** A queue of SQS, for what events and messages lead to. */
export interface TestQueue {
  readonly arn: string;
  /** Bodies of its messages, which are removed by that. */
  receive(): Promise<string[]>;
}

/** Makes a queue on the endpoint by the Query API, for which no client is needed. */
export async function createQueue(
  environment: Readonly<Record<string, string>>,
): Promise<TestQueue> {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = environment;
  const name = `fanfold-${randomBytes(4).toString('hex')}`;
  const call = async (parameters: Readonly<Record<string, string>>) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Version: '2012-11-05', ...parameters }),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`SQS answered HTTP ${answer.status}: ${text}`);
    return text;
  };
  const [, url = ''] = /<QueueUrl>(.*?)<\/QueueUrl>/.exec(
    await call({ Action: 'CreateQueue', QueueName: name }),
  ) ?? [''];
  return {
    arn: `arn:aws:sqs:${region}:${LOCAL_ACCOUNT}:${name}`,
    async receive() {
      const bodies: string[] = [];
      for (;;) {
        const text = await call({
          Action: 'ReceiveMessage',
          QueueUrl: url,
          MaxNumberOfMessages: '10',
        });
        const found = [...text.matchAll(/<Body>(.*?)<\/Body>/gs)].map(([, body = '']) => body);
        if (found.length === 0) return bodies;
        bodies.push(...found.map(unescaped));
        for (const [, handle = ''] of text.matchAll(/<ReceiptHandle>(.*?)<\/ReceiptHandle>/gs)) {
          await call({ Action: 'DeleteMessage', QueueUrl: url, ReceiptHandle: handle });
        }
      }
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

function unescaped(text: string): string {
  return text.replace(/&(quot|apos|lt|gt|amp);|&#(\d+);/g, (entity, _, code) =>
    code === undefined ? (ENTITIES[entity] ?? entity) : String.fromCodePoint(Number(code)),
  );
}
