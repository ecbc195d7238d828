/** zod compiles its checks with `new Function` where it may; the page's security policy forbids that, so it is told not to try. */
import { config } from 'zod';

config({ jitless: true });
