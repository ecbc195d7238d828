/** The contract over a channel: what core answers in-process, a face hears at the other end. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { createClient } from '../../electron/api/client.ts';
import type { EventName } from '../../electron/api/events.ts';
import { eventSender, serveCore } from '../../electron/api/server.ts';
import { type ProcessPort, steadyChannel } from '../../electron/api/steady-channel.ts';
import type { Channel } from '../../electron/api/wire.ts';
import { createCore } from '../../electron/core/main.ts';
import { AppError } from '../../worker/domain/errors.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';

test('a call and its events cross the channel', async (t) => {
  const { client, heard } = connected(t);
  await client.call('project.open', { path: newProject(t), access: 'write' });
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));
  const { added } = await client.call('corpora.import', { role: 'target', format: 'auto', paths: [folder] });
  assert.equal(added, 2);
  assert.deepEqual(heard, ['job.started', 'job.progress', 'job.ended', 'corpora.changed']);
});

test('an error crosses with its code, sentence and details', async (t) => {
  const { client } = connected(t);
  await assert.rejects(client.call('project.open', { path: '/no/such/project.ngr', access: 'read' }), (thrown) => {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, 'project-not-found');
    assert.equal(thrown.details.file, '/no/such/project.ngr');
    return true;
  });
});

test('a call that is not in the contract is refused', async (t) => {
  const { client } = connected(t);
  await assert.rejects(client.call('project.burn' as never, {} as never), { code: 'usage' });
});

test('calls that wait when core goes fail with the reason, and so do later ones', async () => {
  const { port1, port2 } = new MessageChannel();
  const client = createClient(channelOver(port1), () => undefined);
  const waiting = client.call('project.info', {});
  client.close(new AppError('core-crashed', 'Core is gone.'));
  await assert.rejects(waiting, { code: 'core-crashed' });
  await assert.rejects(client.call('project.info', {}), { code: 'core-crashed' });
  port1.close();
  port2.close();
});

test('a steady channel says when a message has arrived, and rejects what a closed end cannot take', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  const arrived: unknown[] = [];
  const closed = Promise.withResolvers<void>();
  const near = steadyChannel(processPort(port1), { onMessage: () => undefined, onClose: () => closed.resolve() });
  steadyChannel(processPort(port2), { onMessage: (message) => arrived.push(message), onClose: () => undefined });
  await near.send({ first: 1 });
  assert.deepEqual(arrived, [{ first: 1 }]);
  port2.close();
  await closed.promise;
  await assert.rejects(near.send({ second: 2 }), { code: 'ERR_IPC_CHANNEL_CLOSED' });
});

function connected(t: TestContext): { client: ReturnType<typeof createClient>; heard: EventName[] } {
  const { port1, port2 } = new MessageChannel();
  const heard: EventName[] = [];
  const served = channelOver(port2);
  const core = createCore({ appVersion: '0.0.0', onEvent: eventSender(served) });
  serveCore(served, core);
  t.after(async () => {
    await core.close();
    port1.close();
  });
  return { client: createClient(channelOver(port1), (name) => heard.push(name)), heard };
}

type NodePort = MessageChannel['port1'];

function channelOver(port: NodePort): Channel {
  return {
    post: (message) => port.postMessage(message),
    listen: (receive) => void port.on('message', receive),
  };
}

/** Electron's ports wrap what they carry in an event. */
function processPort(port: NodePort): ProcessPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: string, listener: (event: { data: unknown }) => void) =>
      port.on(event, event === 'message' ? (data: unknown) => listener({ data }) : () => listener({ data: null })),
    start: () => port.start(),
    close: () => port.close(),
  };
}
