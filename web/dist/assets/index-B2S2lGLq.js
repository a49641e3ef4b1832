import{s as o}from"./index-Ch-kIpc7.js";import{ac as t}from"./vault-Dp9OI-ac.js";const r=t(o);export{r as C};
