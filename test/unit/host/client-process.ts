import { HostClient } from '../../../electron/host/client.ts';

/** A process that is told that its host is lost, and then has nothing more to do. */
await HostClient.connect(process.argv[2] as string, 'session').catch(error => console.log(error.code));
