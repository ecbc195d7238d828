/** What JavaScript calls: the set-up of a thread, and the ways to run a list of jobs. */
import { configureGemm } from "./gemm";

export { advance, help, join, open, publish, runAlone } from "./pool";

/** `scratch`: 512 private bytes of the calling thread; `wide`: use the 6×16 tile. */
export function configure(scratch: usize, wide: bool): void { configureGemm(scratch, wide); }
