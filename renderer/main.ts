/** The page's start: settles what must be settled before anything else, then shows the application. */
import './no-eval.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import './theme.css';
import './label-colours.css';
import './parts/runs/heat.css';

const target = document.querySelector('#app');
if (target === null) throw new Error('The page has no place for the application.');
mount(App, { target });
