import{s as o}from"./index-j9Z7BOXI.js";import{ab as t}from"./vault-DFLpStq6.js";const r=t(o);export{r as C};
