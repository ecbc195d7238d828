/**
 * Runs a list of jobs on any number of threads. Jobs come in regions: those of one region are independent, and all are done before
 * the next begins. Threads take jobs by an atomic counter, so which thread runs a job never matters to its result. The list grows
 * while helpers work on it: a region may begin as soon as it is published. Regions that stand aside have an order of their own: they are
 * worked on where a thread would otherwise wait, and are done before the next region that asks for it, or at the end of the list.
 */
import { word } from "./access";
import { execute } from "./execute";

// Control block: word 0 quit flag, word 1 twice the published regions, odd once the list is complete; at 64 + 64·i the door of thread
// i; at `counters` + 64·r {next, done, order} of region r; at `ends` + 4·r the job after region r's last.
const published: usize = 4, doors: usize = 64;
/** Door: 0 opened (a job list waits), 1 entered, 2 closed. */
const opened: u32 = 0, entered: u32 = 1, closed: u32 = 2;
/** A region's order: none of these when it simply follows the one before. */
const aside: u32 = 1, afterAside: u32 = 2;
const jobBytes: usize = 96;
/** Turns of a waiting loop before a thread goes to sleep: some tens of microseconds. */
const patience: u32 = 300000;

/** All jobs on the calling thread. */
export function runAlone(jobs: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) execute(jobs + <usize>i * jobBytes);
}
/** This thread's place in the list: the regions before it are done; and in that of the regions that stand aside. */
let next: u32 = 0, besides: u32 = 0;
/** No limit: to the end of the list. */
const wholeList: u32 = 0xffffffff;

function regionCounter(counters: usize, r: u32): usize { return counters + (<usize>r << 6); }
function firstJob(ends: usize, r: u32): u32 { return r ? word(ends, r - 1) : 0; }

/** Runs a job of region `r` if one is left. */
function runJob(counters: usize, ends: usize, jobs: usize, r: u32): bool {
  const counter = regionCounter(counters, r), first = firstJob(ends, r), count = word(ends, r) - first;
  if (atomic.load<u32>(counter) >= count) return false;
  const j = atomic.add<u32>(counter, 1);
  if (j >= count) return false;
  execute(jobs + <usize>(first + j) * jobBytes);
  if (atomic.add<u32>(counter + 4, 1) + 1 == count) atomic.notify(counter + 4, -1);
  return true;
}
function isDone(counters: usize, ends: usize, r: u32): bool {
  return atomic.load<u32>(regionCounter(counters, r) + 4) == word(ends, r) - firstJob(ends, r);
}
/** Runs a job of the regions aside before `limit`, if one may be begun now. */
function runAside(counters: usize, ends: usize, jobs: usize, limit: u32): bool {
  for (; besides < limit; besides++) {
    if (word(regionCounter(counters, besides), 2) != aside) continue;
    if (runJob(counters, ends, jobs, besides)) return true;
    if (!isDone(counters, ends, besides)) return false;
  }
  return false;
}
/** Spins, then sleeps until the count at `address` changes. */
function waitFor(address: usize, seen: u32, turns: u32, spin: u32): void {
  if (turns > spin) atomic.wait<i32>(address, seen, -1);
}
/** Until all regions aside before `limit` are done. */
function finishAside(counters: usize, ends: usize, jobs: usize, limit: u32): void {
  let turns: u32 = 0;
  while (true) {
    if (runAside(counters, ends, jobs, limit)) { turns = 0; continue; }
    if (besides >= limit) return;
    const done = regionCounter(counters, besides) + 4, seen = atomic.load<u32>(done);
    if (!isDone(counters, ends, besides)) waitFor(done, seen, ++turns, patience);
  }
}
/** Works on region after region until those before `limit`, or all of a complete list, are done; sleeps after `spin` turns without a new region. */
function takePart(control: usize, counters: usize, ends: usize, jobs: usize, spin: u32, limit: u32): void {
  for (; next < limit; next++) {
    const r = next;
    let turns: u32 = 0, state: u32 = 0;
    while ((state = atomic.load<u32>(control + published)) >> 1 <= r) {
      if (state & 1) { finishAside(counters, ends, jobs, r); return; }
      if (runAside(counters, ends, jobs, r)) turns = 0;
      else waitFor(control + published, state, ++turns, spin);
    }
    const order = word(regionCounter(counters, r), 2);
    if (order == aside) continue;
    if (order == afterAside) finishAside(counters, ends, jobs, r);
    while (runJob(counters, ends, jobs, r)) {}
    const done = regionCounter(counters, r) + 4;
    turns = 0;
    while (!isDone(counters, ends, r)) {
      const seen = atomic.load<u32>(done);
      if (runAside(counters, ends, jobs, r)) turns = 0;
      else if (!isDone(counters, ends, r)) waitFor(done, seen, ++turns, patience);
    }
  }
  finishAside(counters, ends, jobs, limit);
}
/** A new list begins: opens the doors of `helpers` threads, which wait for its regions. The main thread must {@link join} them. */
export function open(control: usize, helpers: u32): void {
  next = besides = 0;
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
/** Works with the helpers until the first `regions` regions of the list are done; the helpers go on with what follows. */
export function advance(control: usize, counters: usize, ends: usize, jobs: usize, regions: u32): void {
  takePart(control, counters, ends, jobs, patience, regions);
}
/** The list of `regions` regions is complete: works on it with the helpers, and waits for those that came in. */
export function join(control: usize, counters: usize, ends: usize, jobs: usize, helpers: u32, regions: u32): void {
  atomic.store<u32>(control + published, (regions << 1) | 1);
  atomic.notify(control + published, -1);
  takePart(control, counters, ends, jobs, patience, wholeList);
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
    next = besides = 0;
    takePart(control, counters, ends, jobs, spin, wholeList);
    atomic.store<u32>(door, closed);
    atomic.notify(door, 1);
  }
}
