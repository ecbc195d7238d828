/** Tasks that give every token a class: told from the data, encoded without the scheme of spans, read back token by token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classTasks } from '../../../worker/data/token-classes.ts';
import { classSet, decodeTags, encodeTags, tagName, tagSet } from '../../../worker/domain/tags.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { markedDocument } from '../../support/corpus.ts';

const classes = markedDocument('a', ['[DT:The] [NN:note]', '[VB:Stop]']);
const entities = markedDocument('b', ['[Drug:aspirin] daily']);
const everyToken = markedDocument('c', ['[Drug:aspirin] [Dose:81 mg]']);

test('a task is of classes where each token of its training documents is one span', () => {
  const training = new Map([
    ['source', [classes]],
    ['target', [classes, entities]],
  ]);
  assert.deepEqual(classTasks(recipeNamed('ttn-HHI'), training), ['source']);
  assert.deepEqual(classTasks(recipeNamed('baseline'), new Map([['target', [everyToken]]])), []);
  assert.deepEqual(classTasks(recipeNamed('baseline'), new Map([['target', []]])), []);
});

test('where labels are mapped, the source is as the target is', () => {
  const training = new Map([
    ['source', [entities]],
    ['target', [classes]],
  ]);
  assert.deepEqual(classTasks(recipeNamed('yang-t-a'), training), ['source', 'target']);
  assert.deepEqual(classTasks(recipeNamed('yang-t-a'), new Map([...training, ['target', [entities]]])), []);
});

test('classes are one tag each, in any order, and come back as one span a token', () => {
  const tags = classSet(['VB', 'DT', 'NN', 'DT']);
  assert.deepEqual([tags.size, tagName(tags, 1), tagName(tags, 0)], [4, 'DT', 'O']);
  const spans = [
    { start: 0, end: 1, label: 'DT' },
    { start: 1, end: 2, label: 'NN' },
    { start: 3, end: 4, label: 'NN' },
  ];
  const ids = encodeTags(tags, 4, spans);
  assert.deepEqual([...ids], [1, 2, 0, 2]);
  assert.deepEqual(decodeTags(tags, ids), spans);
  const { inside, final } = permittedTags(tags);
  assert.ok(inside.every((allowed) => allowed === 1) && final.every((allowed) => allowed === 1));
  assert.ok(permittedTags(tagSet(['DT'])).inside.includes(0));
});
