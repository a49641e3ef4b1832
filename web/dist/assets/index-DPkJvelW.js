import{s as o}from"./index-quP-3Mg_.js";import{ab as t}from"./vault-CEYpEU2J.js";const r=t(o);export{r as C};
