import{s as o}from"./index-Bq_iuYg8.js";import{ab as t}from"./vault-gbxqwb92.js";const r=t(o);export{r as C};
