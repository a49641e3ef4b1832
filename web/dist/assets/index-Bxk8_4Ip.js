import{s as o}from"./index-BWCw7Qdd.js";import{ab as t}from"./vault-BevhcSkf.js";const r=t(o);export{r as C};
