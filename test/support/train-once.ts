/** A program for the test of repeatability: one short training at the paper's sizes; prints the model's hash. */
import { withSettings } from '../../worker/domain/recipe.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { trained } from './jobs.ts';

const recipe = withSettings(recipeNamed('dtn'), ['training.epochs=2', 'training.batchesPerEpoch=3']);
const { result } = await trained(recipe, { seed: 11 });
process.stdout.write(result.modelHash);
