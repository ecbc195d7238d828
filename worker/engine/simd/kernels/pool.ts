/**
 * Runs a list of jobs on any number of threads. Jobs come in regions: those of one region are independent, and all are done before
 * the next begins. Threads take jobs by an atomic counter, so which thread runs a job never matters to its result. The list grows
 * while helpers work on it: a region may begin as soon as it is published.
 */
import { word } from "./access";
import { execute } from "./execute";

// Control block: word 0 quit flag, word 1 twice the published regions, odd once the list is complete; at 64 + 64·i the door of thread
// i; at `counters` + 64·r {next, done} of region r; at `ends` + 4·r the job after region r's last.
const published: usize = 4, doors: usize = 64;
/** Door: 0 opened (a job list waits), 1 entered, 2 closed. */
const opened: u32 = 0, entered: u32 = 1, closed: u32 = 2;
const jobBytes: usize = 96;
/** Turns of a waiting loop before a thread goes to sleep: some tens of microseconds. */
const patience: u32 = 300000;

/** All jobs on the calling thread. */
export function runAlone(jobs: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) execute(jobs + <usize>i * jobBytes);
}
/** Works on region after region until the list is complete and done; sleeps after `spin` turns without a new region. */
function takePart(control: usize, counters: usize, ends: usize, jobs: usize, spin: u32): void {
  let first: u32 = 0;
  for (let r: u32 = 0; ; r++) {
    let turns: u32 = 0, state: u32 = 0;
    while ((state = atomic.load<u32>(control + published)) >> 1 <= r) {
      if (state & 1) return;
      if (++turns > spin) atomic.wait<i32>(control + published, state, -1);
    }
    const counter = counters + (<usize>r << 6), end = word(ends, r), count = end - first;
    while (true) {
      const j = atomic.add<u32>(counter, 1);
      if (j >= count) break;
      execute(jobs + <usize>(first + j) * jobBytes);
      if (atomic.add<u32>(counter + 4, 1) + 1 == count) atomic.notify(counter + 4, -1);
    }
    let done: u32 = 0;
    turns = 0;
    while ((done = atomic.load<u32>(counter + 4)) < count) if (++turns > patience) atomic.wait<i32>(counter + 4, done, -1);
    first = end;
  }
}
/** A new list begins: opens the doors of `helpers` threads, which wait for its regions. The main thread must {@link join} them. */
export function open(control: usize, helpers: u32): void {
  atomic.store<u32>(control + published, 0);
  for (let i: u32 = 0; i < helpers; i++) {
    const door = control + doors + (<usize>i << 6);
    atomic.store<u32>(door, opened);
    atomic.notify(door, 1);
  }
}
/** The first `regions` regions of the list may be worked on. */
export function publish(control: usize, regions: u32): void {
  atomic.store<u32>(control + published, regions << 1);
  atomic.notify(control + published, -1);
}
/** The list of `regions` regions is complete: works on it with the helpers, and waits for those that came in. */
export function join(control: usize, counters: usize, ends: usize, jobs: usize, helpers: u32, regions: u32): void {
  atomic.store<u32>(control + published, (regions << 1) | 1);
  atomic.notify(control + published, -1);
  takePart(control, counters, ends, jobs, patience);
  for (let i: u32 = 0; i < helpers; i++) {
    const door = control + doors + (<usize>i << 6);
    // A helper that is still asleep is left asleep.
    if (atomic.cmpxchg<u32>(door, opened, closed) == opened) continue;
    let turns: u32 = 0;
    while (atomic.load<u32>(door) != closed) if (++turns > patience) atomic.wait<i32>(door, entered, -1);
  }
}
/** A helper's life: waits at door `index` (spinning `spin` turns, then asleep), takes part, until the quit flag is set. */
export function help(control: usize, counters: usize, ends: usize, jobs: usize, index: u32, spin: u32): void {
  const door = control + doors + (<usize>index << 6);
  while (true) {
    let turns = spin;
    while (atomic.load<u32>(door) != opened && turns) turns--;
    if (!turns) atomic.wait<i32>(door, closed, -1);
    if (atomic.load<u32>(control)) return;
    if (atomic.cmpxchg<u32>(door, opened, entered) != opened) continue;
    takePart(control, counters, ends, jobs, spin);
    atomic.store<u32>(door, closed);
    atomic.notify(door, 1);
  }
}
